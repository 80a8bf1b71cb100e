"""A simulated panel: gpiozero's mock pins under the real driver, with a socket for fingers and eyes."""

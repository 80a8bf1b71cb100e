"""The simulated panel: gpiozero's mock pins under the real driver, controlled over a socket."""

"""Recovery: a lesson that was cut off or damaged is made whole again."""

"""The director decides which camera is on air in the programme: pure, over observations on lesson time."""

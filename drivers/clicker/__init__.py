"""Receivers of student clickers: the RF21x family and iClicker."""

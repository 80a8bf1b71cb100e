"""The timetable in the controller: fetched, kept, planned for each day, and joined to the lessons that are recorded."""

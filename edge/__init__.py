"""The application: three processes, the lesson, the command line."""

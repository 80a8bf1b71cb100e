"""The application: two processes, the lesson, the command line."""

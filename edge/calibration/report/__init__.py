"""The report of a calibration: a self-contained HTML file and a PDF, for the headmaster and the county's engineer."""

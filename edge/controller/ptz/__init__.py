"""The controller's PTZ heads: kept open, and sent to presets at moments of the lesson."""

"""The programme of a lesson: its playlists, and one joined MP4."""

"""The app as a user meets it: started by its command, seen through a real Chromium."""

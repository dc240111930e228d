"""Training on this machine with torch and peft; knows rows and plans, not projects."""

"""What the programs were busy with while calls went on: looked at once a second."""

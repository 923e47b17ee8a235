"""Every path of the shipped menu, walked by a caller whom nobody wrote."""

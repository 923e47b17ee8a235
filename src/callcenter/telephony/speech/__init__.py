"""Words into sound: engines that speak, clips for a telephone, files that Asterisk plays."""

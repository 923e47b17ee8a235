"""Whatever dies at whichever step of an order's life: none lost, none twice, the truth told."""

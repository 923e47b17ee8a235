"""Orders (委托): placed, cancelled, reserved, and brought into agreement with the counter."""

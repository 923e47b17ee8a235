"""What was on the wire: RTP captured beside the calls, and what it says of each of them."""

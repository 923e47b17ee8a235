"""The dialogues of the trade menu besides buying and selling."""

"""Source: a listing as text in other languages, and the functions that their texts call."""

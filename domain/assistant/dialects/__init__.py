"""A vendor's wording, one file each: pure, bytes in, events out."""

"""What the pages share: the thinking, the reading, the guard of writes, and the building blocks of the interface."""

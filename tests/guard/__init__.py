"""The write path, the trail and the roles, against a database and a shop in memory."""

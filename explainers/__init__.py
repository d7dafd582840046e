"""The queries that users ask (``queries``), and who answers them: a room for each family of models."""

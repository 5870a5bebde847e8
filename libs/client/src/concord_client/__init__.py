"""The Concord client and command line. Start at `concord_client.client.Concord`."""

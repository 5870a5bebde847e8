"""What every Concord service needs to run."""

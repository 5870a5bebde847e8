"""From a problem and its plan to a division of cost and gain, and to the payments that realise it. Pure."""

"""The reviewer's desk: what is handed out, printed from the running system."""

"""The planted engines are run by the test, in processes of their own, and are no tests."""

collect_ignore = ["planted"]

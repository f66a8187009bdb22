"""What is measured: the bars of the project, each by a module that runs on its own. See README.md."""

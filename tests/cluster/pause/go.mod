module stockbot.dev/stockbot/tests/cluster/pause

go 1.24.0

# The facts of the demo, each in one place: names, ports, folders. Sourced after ../lib.sh and ../cluster/settings.sh, never run.
# shellcheck shell=bash disable=SC2034

DEMO_DIR=$ROOT/tests/demo
DEMO=$LOCAL/demo
DEMO_ENV=$LOCAL/demo.env
WORLD_ENV=$DEMO/world.env         # what the Discord stand-in was given: ids and the bot's token

OPERATOR_NAMESPACE=stockbot-system
SHOP_NAMESPACE=shops              # as in examples/
BOT=growshop
DISPLAY_NAME=main
RELEASE=stockbot

SIM_PORT=8700                     # or the next free one
POSTGRES_PORT=15432               # or the next free one
# Not below the checkout: the server runs as a user of its own, who may not be able to enter that.
POSTGRES_DIR=/var/tmp/stockbot-demo-postgres
POSTGRES_USER=postgres

#!/bin/sh
# What the tests need from Debian: Chromium, for the browser journeys. Everything else comes from requirements-dev.txt.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "The browser tests need Chromium. Install it once:  sudo apt-get install -y chromium" >&2
  exit 1
fi
echo "Installing Chromium for the browser tests"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium >/dev/null
command -v chromium >/dev/null

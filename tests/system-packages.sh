#!/bin/sh
# The browser and microphone tests drive real programs of the system. As root on Debian or Ubuntu they are
# installed; elsewhere they are named, and without them those tests are skipped (in CI: they fail).
set -eu
packages="chromium pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"
missing=""
for program in chromium pulseaudio paplay; do
  command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
ldconfig -p 2>/dev/null | grep -q libportaudio.so.2 || missing="$missing libportaudio2"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the browser and microphone tests: $packages"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $packages >/dev/null
else
  echo "The browser and microphone tests need$missing. On Debian or Ubuntu: sudo apt install $packages"
fi

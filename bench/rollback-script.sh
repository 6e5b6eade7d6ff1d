#!/usr/bin/env bash
# Rolls a model back the usual way: clone the manifests repository, find the previous values in its history,
# edit, push a branch, open a pull request and merge it.
#
#   API_URL       base of the REST API, https://api.github.com
#   GIT_URL       base of git over HTTP, https://github.com
#   TOKEN         may push, open and merge pull requests
#   REPOSITORY    owner/name
#   FILE, KEY     the file and the YAML key of the model's version, storageUri
#   FEATURES_FILE, FEATURES_KEY   the same for the feature snapshot; leave both out when there is none
#   BASE          the branch to change, main
#   DEPTH         how many commits to clone at first, 50; the rest is fetched only when they do not tell
#   MERGE_METHOD  squash
#
# Prints the number of the pull request and the merge commit. Needs bash, git, curl, sed, grep.
set -euo pipefail

: "${API_URL:?}" "${GIT_URL:?}" "${TOKEN:?}" "${REPOSITORY:?}" "${FILE:?}"
KEY=${KEY:-storageUri}
FEATURES_FILE=${FEATURES_FILE:-}
FEATURES_KEY=${FEATURES_KEY:-snapshot}
BASE=${BASE:-main}
DEPTH=${DEPTH:-50}
MERGE_METHOD=${MERGE_METHOD:-squash}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "rollback: $*" >&2
  exit 1
}

# The token in the URL, as GitHub documents it for apps:
# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
export GIT_TERMINAL_PROMPT=0
remote=${GIT_URL/:\/\//:\/\/x-access-token:$TOKEN@}/$REPOSITORY.git

git clone --quiet --depth "$DEPTH" --single-branch --branch "$BASE" "$remote" "$work/clone"
cd "$work/clone"

# The value that the newest change of a key in a file replaced: previous FILE KEY
previous() {
  # git ends early when sed has what it wants: that is no failure.
  { git log -p --first-parent -m --format= "origin/$BASE" -- "$1" || true; } |
    sed -n "/^-[[:space:]]*$2:[[:space:]]*/{s///p;q}"
}

current() {
  sed -n "/^[[:space:]]*$2:[[:space:]]*/{s///p;q}" "$1"
}

# Sets the first occurrence of a key: set_value FILE KEY VALUE
set_value() {
  local value
  value=$(printf '%s' "$3" | sed 's/[\\&|]/\\&/g')
  sed -i "0,/^\([[:space:]]*$2:[[:space:]]*\).*/s||\1$value|" "$1"
}

# All of the history, when the commits at hand do not say what was before.
previous_or_deepen() {
  local value
  value=$(previous "$1" "$2")
  if [ -z "$value" ] && [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    git fetch --quiet --unshallow origin "$BASE"
    value=$(previous "$1" "$2")
  fi
  [ -n "$value" ] || fail "$1 has no earlier value of $2"
  printf '%s' "$value"
}

[ -f "$FILE" ] || fail "there is no $FILE on $BASE"
bad=$(current "$FILE" "$KEY")
good=$(previous_or_deepen "$FILE" "$KEY")
set_value "$FILE" "$KEY" "$good"
git add -- "$FILE"

if [ -n "$FEATURES_FILE" ]; then
  set_value "$FEATURES_FILE" "$FEATURES_KEY" "$(previous_or_deepen "$FEATURES_FILE" "$FEATURES_KEY")"
  git add -- "$FEATURES_FILE"
fi

branch="rollback/$(git rev-parse --short HEAD)-$(basename "$(dirname "$FILE")")"
reason="From ${bad%% #*} to ${good%% #*}."
title="Roll back $(basename "$(dirname "$FILE")")"
git checkout --quiet -b "$branch"
git -c user.name=rollback -c user.email=rollback@example.com \
  commit --quiet -m "$title" -m "$reason"
git push --quiet origin "HEAD:refs/heads/$branch"
head=$(git rev-parse HEAD)

# Calls the API and leaves the status in $status, the body in $work/answer: api METHOD PATH BODY
api() {
  status=$(curl --silent --show-error --output "$work/answer" --write-out '%{http_code}' \
    --request "$1" --header "Authorization: Bearer $TOKEN" \
    --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
    ${3:+--header 'Content-Type: application/json' --data "$3"} "$API_URL$2")
}

# The first value of a key in the answer. Enough for number and sha, which come before any nested object.
answer() {
  sed -n "s/\"$1\": *\"\{0,1\}\([0-9a-f]\{1,\}\)/\n\1\n/;T;s/^[^\n]*\n//;s/\n.*//;p;q" "$work/answer"
}

json() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

api POST "/repos/$REPOSITORY/pulls" "$(printf '{"title":"%s","head":"%s","base":"%s","body":"%s"}' \
  "$(json "$title")" "$branch" "$BASE" "$(json "$reason")")"
[ "$status" = 201 ] || fail "cannot open the pull request: $status $(cat "$work/answer")"
number=$(answer number)

# GitHub may still be working out whether the pull request can be merged: reading it makes it hurry.
for _ in 1 2 3 4 5; do
  api PUT "/repos/$REPOSITORY/pulls/$number/merge" \
    "$(printf '{"sha":"%s","merge_method":"%s"}' "$head" "$MERGE_METHOD")"
  [ "$status" = 405 ] || break
  api GET "/repos/$REPOSITORY/pulls/$number"
  ! grep -q '"mergeable": *false' "$work/answer" || fail "#$number conflicts with $BASE"
done
[ "$status" = 200 ] || fail "cannot merge #$number: $status $(cat "$work/answer")"
echo "#$number merged as $(answer sha)"

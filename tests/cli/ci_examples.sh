#!/usr/bin/env bash
# The jobs in policies/ci as a CI service would run them: ci_examples.sh MLPC SOURCE_DIR. Their YAML is of a
# shape that every reader takes alike, the words of each mlpc call are known to its --help, and the scripts
# run on a small repository, where gh and curl only note down what they were asked.
set -euo pipefail

mlpc="$(realpath "$1")"
jobs="$2/policies/ci"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

fail() {
  printf 'ci_examples: %s\n' "$*" >&2
  exit 1
}
expect() { grep -qF -- "$2" "$1" || fail "$1 lacks: $2"$'\n'"$(cat "$1")"; }

# Blocks are indented by two, a block ends where one began, no key stands twice in its block, and no plain
# value begins or goes on with what YAML takes for its own.
lint() {
  awk '
    function wrong(what) { printf "%s:%d: %s: %s\n", FILENAME, FNR, what, $0; bad = 1 }
    /\t/ { wrong("a tab") }
    / $/ { wrong("a space at the end") }
    /^ *$/ { next }
    { match($0, /^ */); indent = RLENGTH; text = substr($0, indent + 1) }
    literal >= 0 && indent > literal { next }
    { literal = -1 }
    text ~ /^#/ { next }
    {
      if (indent > opened) wrong("deeper than its block")
      for (level in keys) if (level + 0 > indent) delete keys[level]
      opened = indent
      while (text ~ /^- /) {  # an item is a block of its own
        text = substr(text, 3); indent += 2; opened = indent; delete keys[indent]
      }
      if (text == "|") { literal = indent - 2; next }
      if (match(text, /^[A-Za-z0-9_.-]+:( |$)/)) {
        key = substr(text, 1, RLENGTH); sub(/: ?$/, "", key)
        if (index(keys[indent], "," key ",")) wrong("a key twice")
        keys[indent] = keys[indent] "," key ","
        text = substr(text, RLENGTH + 1)
        if (text == "|") { literal = indent; next }
        if (text == "") { opened = indent + 2; next }
      } else if (text == "") wrong("an empty item")
      if (text ~ /^"[^"\\]*"$/ || text ~ /^\[("[^"\\]*"|[a-z.]+)(, ("[^"\\]*"|[a-z.]+))*\]$/) next
      if (text ~ /^[^A-Za-z0-9.$]/ || text ~ /: | #|:$/) wrong("a plain value that means something else")
    }
    BEGIN { literal = -1 }
    END { exit bad }
  ' "$1" || fail "not of the shape"
}

# The scripts of a file into DIR, one each: those behind `run:`, or of a block of `key:` all items in one.
run_scripts() {
  awk -v folder="$2" '
    function finish() { if (out != "") close(out); out = "" }
    /^ *- name: / { name = $0; sub(/^ *- name: /, "", name); gsub(/ /, "-", name) }
    out != "" { match($0, /^ */); if ($0 == "" || RLENGTH > depth) { print substr($0, depth + 3) > out; next } finish() }
    /^ *run: / {
      match($0, /^ */); depth = RLENGTH; count++
      out = sprintf("%s/%02d-%s", folder, count, name)
      text = $0; sub(/^ *run: /, "", text)
      if (text != "|") { print text > out; finish() }
    }
  ' "$1"
}
block_script() {  # FILE JOB KEY
  awk -v job="$2:" -v key="  $3:" '
    /^[^ #]/ { inside = ($0 == job); taking = 0 }
    inside && /^  [^ ]/ { taking = ($0 == key); next }
    taking && /^    - / { if ($0 != "    - |") print substr($0, 7); next }
    taking && /^      / { print substr($0, 7) }
  ' "$1"
}

for file in "$jobs"/*.yml; do
  lint "$file"
  found=
  while read -r command words; do
    found=1
    help="$("$mlpc" "$command" --help)" || fail "$file: there is no mlpc $command"
    for word in $words; do
      [[ "$word" != --* ]] || grep -qF -- "$word" <<<"$help" || fail "$file: mlpc $command has no $word"
    done
  done < <(grep -oE '\bmlpc (check|diff|fmt|test|[a-z]+ --)[^|<>]*' "$file" | sed 's/^mlpc //')
  [[ -n "$found" ]] || fail "$file calls mlpc nowhere"
done

command -v git >/dev/null || { echo "no git here: the scripts are not run"; exit 0; }

mkdir -p "$scratch/bin" "$scratch/github" "$scratch/gitlab" "$scratch/steps"
ln -s "$mlpc" "$scratch/bin/mlpc"
for name in gh curl; do
  printf '#!/bin/sh\necho %s "$@" >> calls.txt\n' "$name" >"$scratch/bin/$name"
  chmod +x "$scratch/bin/$name"
done
export PATH="$scratch/bin:$PATH" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e@example.org GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e@example.org

model() {
  printf 'model %s {\n  provider main\n  pin exact "%s-1"\n  context 200K, output 64K\n' "$1" "$1"
  printf '  can text-input, text-output\n  price input $1/M, output $2/M\n  status active\n}\n'
}
policy() {  # VERSION MODEL
  cat <<END
language 1
import "catalog.mlp"
policy desk {
  version "$1"
  owner   "team-desk"
  stage   development
  valid   2026-11-21 .. 2027-11-21
}
request {
  task   one of a, b
  input  tokens up to 100K
  output tokens up to 16K
}
route first when task == a { try $2 }
route rest otherwise { try large, small }
test "all" {
  given task a, input 1K, output 1K
  expect route first
}
END
}
commit() {
  mlpc fmt ./*.mlp
  git add ./*.mlp
  git commit -q -m change
}
# Two commits, the second of which changes a decision and says so in the version.
repository() {
  cd "$1"
  git init -q .
  {
    printf 'language 1\nprovider main {\n  protocol openai\n  endpoint "https://main.example/v1"\n}\n'
    model large
    model small
  } >catalog.mlp
  policy 1.2.0 large >desk.mlp
  commit
  first="$(git rev-parse HEAD)"
  policy 2.0.0 small >desk.mlp
  policy 1.0.0 small >new.mlp
  commit
}
step() {  # NAME SCRIPT
  bash -e "$2" >log.txt 2>&1 || fail "$1 failed with $?:"$'\n'"$(cat "$2" log.txt)"
}

repository "$scratch/github"
run_scripts "$jobs/github-actions.yml" "$scratch/steps"
export TARGET="$first" PULL_REQUEST=7 GITHUB_REPOSITORY=o/r GITHUB_STEP_SUMMARY=summary.md
for script in "$scratch"/steps/*; do
  [[ "$script" == *-Install-mlpc ]] || step "${script##*/}" "$script"
done
expect diff.md '## `desk.mlp`'
expect diff.md 'small'
! grep -q 'new.mlp' diff.md || fail "a new policy has nothing to be compared with"
expect summary.md '## `desk.mlp`'
expect mlpc.sarif '"2.1.0"'
expect calls.txt 'gh api repos/o/r/issues/7/comments'
expect calls.txt 'gh pr comment 7 --body-file comment.md'

repository "$scratch/gitlab"
export CI_MERGE_REQUEST_DIFF_BASE_SHA="$first" CI_PROJECT_ID=5 CI_MERGE_REQUEST_IID=7
export CI_API_V4_URL=https://example.org/api/v4 POLICY_COMMENT_TOKEN=t
for job in policy-check policy-diff; do
  {
    block_script "$jobs/gitlab-ci.yml" .policies before_script
    block_script "$jobs/gitlab-ci.yml" "$job" script
  } >"$scratch/$job"
  [[ "$(wc -l <"$scratch/$job")" -ge 5 ]] || fail "$job has no script"
  step "$job" "$scratch/$job"
done
expect mlpc-junit.xml '<testsuite'
expect diff.md '## `desk.mlp`'
expect calls.txt 'https://example.org/api/v4/projects/5/merge_requests/7/notes'
echo "the examples run"

#!/usr/bin/env python3
"""Plants each mutant of mutants.py in a scratch copy of the tree, and tells which of them no test kills.

The copy is a git worktree of what is here, uncommitted changes included, built in its own folder
(with ccache that is quick). A mutant is killed by the first of its tests that fails or takes too
long. Exit codes: 0 all killed, 1 some survived, 2 a mutant's text does not stand exactly once in its
file, one does not compile, or the tests fail without any.
"""

import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile
import time

import mutants

UNBUILT = "no test: it does not compile"
ROOT = pathlib.Path(__file__).resolve().parents[2]


def stop(message):
    print(f"mutate: {message}", file=sys.stderr)
    sys.exit(2)


def tests_of(mutant):
    for prefix, names in mutants.TESTS.items():
        if mutant.file.startswith(prefix):
            return names
    stop(f"no tests are named for {mutant.file}")


def check_texts(all_mutants):
    """Every mutant must still be a change of one place; says all that are not."""
    lost = []
    for mutant in all_mutants:
        count = (ROOT / mutant.file).read_text().count(mutant.before)
        if count != 1:
            lost.append(f"  {mutant.file}: stands {count} times: {mutant.before!r} ({mutant.models})")
        elif mutant.before == mutant.after:
            lost.append(f"  {mutant.file}: changes nothing: {mutant.before!r}")
    if lost:
        stop("mutants to mend in tests/mutation/mutants.py:\n" + "\n".join(lost))


def git(*words):
    return subprocess.run(["git", "-C", ROOT, *words], check=True, text=True,
                          capture_output=True).stdout.strip()


class Copy:
    """The scratch copy, with what it takes to build and run tests in it."""

    def __init__(self, folder, jobs):
        self.root = pathlib.Path(folder) / "tree"
        self.jobs = jobs
        self.most_s = {}
        git("worktree", "add", "--detach", str(self.root), git("stash", "create") or "HEAD")

    def remove(self):
        git("worktree", "remove", "--force", str(self.root))

    def configure(self):
        self._run(["cmake", "--preset", "dev"], check=True)

    def build(self, target):
        words = ["cmake", "--build", "build", "-j", str(self.jobs), "--target", target]
        return self._run(words)

    def test(self, name, most_s):
        """Whether it passes."""
        try:
            return self._run([f"build/bin/{name}"], timeout=most_s).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def prepare(self, names):
        """Builds the tests and runs them, which gives each the time that it may take."""
        self.configure()
        for name in names:
            built = self.build(name)
            if built.returncode != 0:
                stop(f"{name} does not build:\n{built.stdout[-3000:]}")
            begin = time.monotonic()
            if not self.test(name, 600):
                stop(f"{name} fails without a mutant")
            self.most_s[name] = 30 + 10 * (time.monotonic() - begin)
            print(f"{name}: {time.monotonic() - begin:.1f} s", flush=True)

    def verdict(self, mutant):
        """The test that kills the mutant, or None; UNBUILT where it does not compile."""
        path = self.root / mutant.file
        text = path.read_text()
        path.write_text(text.replace(mutant.before, mutant.after))
        try:
            for name in tests_of(mutant):
                built = self.build(name)
                if built.returncode != 0:
                    print(built.stdout[-2000:])
                    return UNBUILT
                if not self.test(name, self.most_s[name]):
                    return name
            return None
        finally:
            path.write_text(text)

    def _run(self, words, **options):
        return subprocess.run(words, cwd=self.root, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="*", help="parts of file names or of what mutants model")
    parser.add_argument("--check", action="store_true", help="only whether each mutant's text stands")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin none after so long")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    check_texts(mutants.MUTANTS)
    chosen = [m for m in mutants.MUTANTS
              if not arguments.only or any(o in m.file + m.models for o in arguments.only)]
    if arguments.check or not chosen:
        print(f"{len(mutants.MUTANTS)} mutants, {len(chosen)} chosen")
        return
    end = time.monotonic() + 60 * arguments.minutes
    killed_by = collections.Counter()
    survivors, unbuilt = [], []
    with tempfile.TemporaryDirectory(prefix="mlp-mutate-") as folder:
        copy = Copy(folder, arguments.jobs)
        try:
            copy.prepare(dict.fromkeys(name for m in chosen for name in tests_of(m)))
            done = 0
            for mutant in chosen:
                if time.monotonic() > end:
                    break
                test = copy.verdict(mutant)
                done += 1
                verdict = f"killed by {test}" if test else "SURVIVED"
                if test == UNBUILT:
                    unbuilt.append(mutant)
                print(f"{done}/{len(chosen)} {mutant.file}: {mutant.models}: {verdict}", flush=True)
                killed_by[test] += 1
                if not test:
                    survivors.append(mutant)
        finally:
            copy.remove()
    del killed_by[None], killed_by[UNBUILT]
    by = ", ".join(f"{name} {count}" for name, count in killed_by.most_common())
    print(f"{done} of {len(chosen)} mutants run, {done - len(survivors) - len(unbuilt)} killed "
          f"({by}), {len(survivors)} survived, {len(unbuilt)} do not compile")
    for mutant in survivors + unbuilt:
        print(f"  {mutant.file}: {mutant.models}: {mutant.before!r} -> {mutant.after!r}")
    sys.exit(2 if unbuilt else 1 if survivors else 0)


if __name__ == "__main__":
    main()

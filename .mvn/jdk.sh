# Sourced by ./build and ./coatcheck: find_jdk finds a JDK 25 or newer and sets jdk to its folder. It exports nothing: an
# application that is run here keeps the Java of its own shell.

# The feature release of the JDK in folder $1, or 0 where there is none that can compile.
jdk_release() {
  local version
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] || { echo 0; return; }
  # Every JDK says its version in this file, which is quicker to read than Java is to start.
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true)
  [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  echo "${version:-0}"
}

find_jdk() {
  local candidate found=""
  local on_path
  on_path=$(command -v javac || true)
  [ -z "$on_path" ] || on_path=$(cd "$(dirname "$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")")/.." && pwd)
  for candidate in "${JAVA_HOME:-}" "$on_path" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$candidate" ] && [ "$(jdk_release "$candidate")" -ge 25 ]; then
      found=$candidate
      break
    fi
  done
  if [ -z "$found" ]; then
    cat >&2 <<'MESSAGE'
Coatcheck needs a JDK 25 or newer and found none: not in JAVA_HOME, not on PATH, not in the usual folders.
Install one, for example:
  Debian, Ubuntu   apt-get install temurin-25-jdk     (from the Adoptium repository), or openjdk-25-jdk
  macOS            brew install openjdk@25
  anywhere         sdk install java 25-tem            (SDKMAN)
then run this again, or set JAVA_HOME to the folder of the JDK.
MESSAGE
    exit 69
  fi
  jdk=$found
}

# Ends what a JVM started when that JVM is gone. Standard input is a pipe whose other end only the JVM holds: a line
# "+PGID:BORN" puts a process group under guard, whose leader was started at BORN, "-PGID:BORN" releases it, and the end of the file
# means that the JVM is no more.
# The first argument is the JVM's mark, which everything that it started carries in its environment.
trap '' HUP INT TERM
cd /
mark=$1
groups=' '

# Lines of "PID PARENT GROUP STARTED", one for every process that lives; a zombie does not.
processes() {
  if [ -r /proc/self/stat ]; then
    for stat in /proc/[0-9]*/stat; do
      read -r line <"$stat" || continue
      pid=${stat#/proc/}
      # The name, in parentheses, may hold spaces; after it come the state, the parent, the group and, later, the start.
      set -- ${line##*) }
      case $1 in Z | X) ;; *) echo "${pid%/stat} $2 $3 ${20}" ;; esac
    done
  else
    ps -axo pid=,ppid=,pgid=,stat= | while read -r pid parent group state; do
      case $state in Z*) ;; *) echo "$pid $parent $group 0" ;; esac
    done
  fi
}

# Leaves the group of this number unguarded.
forget() {
  rest=${groups#*" $1:"}
  groups="${groups%%" $1:"*} ${rest#* }"
}

# Sets doomed to what is marked, is in a guarded group, or descends from either.
find_doomed() {
  doomed=' '
  for environ in $(grep -als -- "$mark" /proc/[0-9]*/environ); do
    pid=${environ#/proc/}
    doomed="$doomed${pid%/environ} "
  done
  table=$(processes)
  # A number that the system has given to another process since is that of no guarded group any more.
  while read -r pid parent group started; do
    case $groups in
      *" $pid:$started "*) ;;
      *" $pid:"*) forget "$pid" ;;
    esac
  done <<TABLE
$table
TABLE
  found=-1
  while [ "$found" != "${#doomed}" ]; do
    found=${#doomed}
    while read -r pid parent group started; do
      case $doomed in *" $pid "*) continue ;; esac
      case $groups in *" $group:"*) doomed="$doomed$pid " ;; esac
      case $doomed in *" $pid "*) ;; *" $parent "*) doomed="$doomed$pid " ;; esac
    done <<TABLE
$table
TABLE
  done
}

while read -r line; do
  group=${line#?}
  case $line in
    +*)
      # One that had the number before is over, whether anybody has said so or not.
      case $groups in *" ${group%:*}:"*) forget "${group%:*}" ;; esac
      groups="$groups$group "
      ;;
    -*) case $groups in *" $group "*) groups="${groups%%" $group "*} ${groups#*" $group "}" ;; esac ;;
  esac
done

# Something may be between fork and exec just now, not marked yet: only several quiet passes count.
quiet=0
passes=0
while [ "$quiet" -lt 5 ] && [ "$passes" -lt 60 ]; do
  find_doomed
  if [ "$doomed" = ' ' ]; then
    quiet=$((quiet + 1))
  else
    quiet=0
    kill -s KILL $doomed
  fi
  passes=$((passes + 1))
  sleep 0.05
done

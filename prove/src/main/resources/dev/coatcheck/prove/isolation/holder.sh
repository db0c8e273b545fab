# Makes the disk of a layer and then holds it until standard input ends. Runs in new namespaces (mounts, host name, IPC)
# with the right to mount in them. Standard input is the plan: "SIZE HOSTNAME OVERLAY-OPTIONS", the numbers of the upper
# folders, then one step in each line, "NAME NUMBER MODE OWNER PATH" with "-" for what needs none, then "end". Of "modes" and
# "owners", which come first, the last word is the numbers of the upper folders that get it; of "entries" MODE is a size. Standard
# output says "shared PATH" for a folder whose overlay was refused and that is therefore everybody's, "missing PATH" for
# a mount that could not be made again, and at last "ready". Every program that it starts costs a millisecond or more.
#
# All of it lies on one bounded tmpfs: .coatcheck/old is the file system as it was, new the one that is made, up and work
# hold what each overlay needs under its number. Links beside them let the programs that are used here be found by their
# usual paths. In the end new is the root, and the tmpfs is reached only as the working folder of this process.
set -e
umask 022
PATH=$PATH:/usr/sbin:/sbin
read -r size hostname options
read -r numbers
# With a name that no other layer has: below one in which this is run, "mount -a" would take its mounts for ours.
mount -t tmpfs -o "size=$size,mode=755" "coatcheck-$$" /tmp
cd /tmp
set -- .coatcheck/old .coatcheck/new
for number in $numbers; do
  set -- "$@" ".coatcheck/up/$number" ".coatcheck/work/$number"
done
mkdir -p "$@"
set -- /*
for entry; do
  shift
  set -- "$@" ".coatcheck/old$entry"
done
ln -s "$@" .
pivot_root . .coatcheck/old
old=/.coatcheck/old new=/.coatcheck/new up=/.coatcheck/up work=/.coatcheck/work
table=$work/table
cd "$up"

# Mounts that are made together by one program, and the folders of the layer that they are for.
printf '' >"$table"
waiting=

# Has SOURCE mounted at PATH with the others: TYPE OPTIONS SOURCE PATH. Not for a path that an fstab has to quote.
later() {
  echo "$3 $new${4%/} $1 $2 0 0" >>"$table"
  waiting="$waiting $4"
}

# Nor of a length with which the options of an overlay would be longer than what the kernel takes from some "mount".
is_plain() {
  case $1 in *[!A-Za-z0-9._/+@-]*) return 1 ;; esac
  [ ${#1} -le 200 ]
}

# Makes the mounts that wait.
flush() {
  [ -n "$waiting" ] || return 0
  waiting=
  mount -a -T "$table" 2>/dev/null || mend
  printf '' >"$table"
}

# One of them was refused: takes back what was made, and makes each by itself.
mend() (
  while read -r _ place _; do
    umount -l "$place" 2>/dev/null || :
  done <"$table"
  while read -r source place type options _; do
    path=${place#"$new"}
    case $source in
      coatcheck)
        mount -t "$type" -o "$options" "$source" "$place" 2>/dev/null || {
          mount --rbind "$old$path" "$place"
          echo "shared ${path:-/}"
        }
        ;;
      "$old"/*) mount -o "$options" "$source" "$place" 2>/dev/null || [ "$options" = bind ] || echo "missing $path" ;;
      *) mount -o "$options" "$source" "$place" ;;
    esac
  done <"$table"
)

# Makes the mounts that wait if this path is to lie in one of them.
settle() {
  for point in $waiting; do
    case $1 in
      "${point%/}/"*)
        flush
        return
        ;;
    esac
  done
}

# Something to mount on: there already where the parent is an overlay. Not by ":", of which a refused file ends the shell.
place() {
  [ -e "$new$1" ] && return
  if [ -d "$old$1" ]; then mkdir -p "$new$1"; else mkdir -p "$new${1%/*}" && printf '' >"$new$1"; fi
}

set --
while read -r step number mode owner path; do
  if [ "$step" != folder ] && [ $# -gt 0 ]; then
    mkdir -p "$@"
    set --
  fi
  settle "$path"
  case $step in
    modes) chmod "$mode" $path ;;
    owners) chown "$owner" $path ;;
    root) later none bind "$up/$number" / ;;
    folder) set -- "$@" "$new$path" ;;
    mode) chmod "$mode" "$new$path" ;;
    entries)
      find "$old$path" -maxdepth 1 \( -type l -o -type f -size "-$mode" \) \
        -exec sh -c 'cp -dp -- "$@" "$0"' "$new$path" {} + 2>/dev/null || :
      ;;
    overlay)
      place "$path"
      dirs="upperdir=$up/$number,workdir=$work/$number,$options"
      if is_plain "$path"; then
        later overlay "lowerdir=$old$path,$dirs" coatcheck "$path"
      else
        # From inside the folder, since a name may hold what separates options.
        (cd "$old$path" && exec mount -t overlay -o "lowerdir=.,$dirs" coatcheck "$new$path") 2>/dev/null || {
          mount --rbind "$old$path" "$new$path"
          echo "shared $path"
        }
      fi
      ;;
    fresh)
      place "$path"
      later none bind "$up/$number" "$path"
      ;;
    bind)
      if ! place "$path" 2>/dev/null; then
        echo "missing $path"
      elif is_plain "$path"; then
        later none rbind "$old$path" "$path"
      else
        mount --rbind "$old$path" "$new$path" 2>/dev/null || echo "missing $path"
      fi
      ;;
    socket)
      if [ ! -S "$old$path" ] || ! place "$path" 2>/dev/null; then
        : # it has gone since
      elif is_plain "$path"; then
        later none bind "$old$path" "$path"
      else
        mount --bind "$old$path" "$new$path" 2>/dev/null || :
      fi
      ;;
    hosts)
      # Many programs look their own host name up when they start.
      { cat "$old$path" || :; printf '\n127.0.0.1 %s\n' "$hostname"; } >"$work/hosts"
      if is_plain "$path"; then
        later none bind "$work/hosts" "$path"
      else
        mount --bind "$work/hosts" "$new$path"
      fi
      ;;
    loopback) ip link set lo up 2>/dev/null || ifconfig lo up ;;
    end) break ;;
  esac
done
flush

{ echo "$hostname" >/proc/sys/kernel/hostname; } 2>/dev/null || hostname "$hostname"
pivot_root "$new" "$new/tmp"
umount -l /tmp
echo ready
read -r _ || :

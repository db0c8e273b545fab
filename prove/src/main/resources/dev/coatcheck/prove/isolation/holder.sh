# Makes the disk of a layer and then holds it until standard input ends. Runs in new namespaces (mounts, host name, IPC)
# with the right to mount in them. Standard input is the plan: "SIZE HOSTNAME OVERLAY-OPTIONS", the numbers of the upper
# folders, then one step in each line, "NAME NUMBER MODE OWNER PATH" with "-" for what needs none, then "end". Standard
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
mount -t tmpfs -o "size=$size,mode=755" coatcheck /tmp
cd /tmp
mkdir -p .coatcheck/old .coatcheck/new .coatcheck/up .coatcheck/work
set -- /*
for entry; do
  shift
  set -- "$@" ".coatcheck/old$entry"
done
ln -s "$@" .
pivot_root . .coatcheck/old
old=/.coatcheck/old new=/.coatcheck/new up=/.coatcheck/up work=/.coatcheck/work
cd "$work"
mkdir $numbers
cd "$up"
mkdir $numbers

# Gives the upper folder of this number the mode and the owner of the folder that it is laid over.
adorn() {
  [ "$2" = - ] || chmod "$2" "$1"
  [ "$3" = - ] || chown "$3" "$1"
}

# Something to mount on: there already where the parent is an overlay.
place() {
  [ -e "$new$1" ] && return
  if [ -d "$old$1" ]; then mkdir -p "$new$1"; else mkdir -p "$new${1%/*}" && : >"$new$1"; fi
}

set --
while read -r step number mode owner path; do
  if [ "$step" != folder ] && [ $# -gt 0 ]; then
    mkdir -p "$@"
    set --
  fi
  case $step in
    root)
      adorn "$number" "$mode" "$owner"
      mount --bind "$number" "$new"
      ;;
    folder) set -- "$@" "$new$path" ;;
    mode) chmod "$mode" "$new$path" ;;
    entries)
      find "$old$path" -maxdepth 1 \( -type l -o -type f -size "-$mode" \) \
        -exec sh -c 'cp -dp -- "$@" "$0"' "$new$path" {} + 2>/dev/null || :
      ;;
    overlay)
      adorn "$number" "$mode" "$owner"
      place "$path"
      # From inside the folder, since a name may hold what separates options.
      (cd "$old$path" && exec mount -t overlay \
        -o "lowerdir=.,upperdir=$up/$number,workdir=$work/$number,$options" coatcheck "$new$path") 2>/dev/null || {
        mount --rbind "$old$path" "$new$path"
        echo "shared $path"
      }
      ;;
    fresh)
      adorn "$number" "$mode" "$owner"
      place "$path"
      mount --bind "$number" "$new$path"
      ;;
    bind)
      place "$path"
      mount --rbind "$old$path" "$new$path" 2>/dev/null || echo "missing $path"
      ;;
    socket) { place "$path" && mount --bind "$old$path" "$new$path"; } 2>/dev/null || : ;;
    hosts)
      # Many programs look their own host name up when they start.
      { cat "$old$path" && echo "127.0.0.1 $hostname"; } >"$work/hosts"
      mount --bind "$work/hosts" "$new$path"
      ;;
    loopback) ip link set lo up 2>/dev/null || ifconfig lo up ;;
    end) break ;;
  esac
done

hostname "$hostname" 2>/dev/null || echo "$hostname" >/proc/sys/kernel/hostname
pivot_root "$new" "$new/tmp"
umount -l /tmp
echo ready
read -r _ || :

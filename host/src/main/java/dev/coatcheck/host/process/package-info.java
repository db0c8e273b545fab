/**
 * Child processes as groups that end as a whole.
 *
 * <p>A {@link dev.coatcheck.host.process.ProcessGroup} is a command that leads a session of its own, with all that it
 * starts. Three things tie a group to the JVM that owns it, because each one alone lets something escape: the group
 * itself, the descent of its processes, and the {@link dev.coatcheck.host.process.OwnerMark} in their environment. A
 * small guardian process beside the JVM ends them all when the JVM goes, in whatever way it goes.
 */
@NullMarked
package dev.coatcheck.host.process;

import org.jspecify.annotations.NullMarked;

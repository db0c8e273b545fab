package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final MountTable TABLE = MountTable.of(List.of(
            "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
            "23 22 0:21 / /var/lib rw,relatime - ext4 /dev/vdb rw",
            "24 23 0:22 / /var/lib/a\\040b rw,relatime master:3 - xfs /dev/vdc rw",
            "25 22 0:23 / /var/library ro,relatime - squashfs /dev/loop0 ro",
            "26 22 0:24 / /tmp rw - tmpfs tmpfs rw",
            "27 22 0:25 / /tmp ro - tmpfs tmpfs rw"));

    @Test
    void the_nearest_mounts_below_a_folder_hide_those_behind_them() {
        assertThat(TABLE.nearestBelow(Path.of("/var")))
                .extracting(MountTable.Mount::place)
                .containsExactly(Path.of("/var/lib"), Path.of("/var/library"));
        assertThat(TABLE.nearestBelow(Path.of("/var/lib")))
                .extracting(MountTable.Mount::place)
                .containsExactly(Path.of("/var/lib/a b"));
        assertThat(TABLE.nearestBelow(Path.of("/var/library"))).isEmpty();
    }

    @Test
    void of_several_mounts_at_one_place_the_last_one_counts() {
        assertThat(TABLE.at(Path.of("/tmp")))
                .hasValueSatisfying(mount -> assertThat(mount.readOnly()).isTrue());
        assertThat(TABLE.at(Path.of("/var"))).isEmpty();
    }
}

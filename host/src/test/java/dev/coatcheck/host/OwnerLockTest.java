package dev.coatcheck.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.host.process.Java;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerLockTest {
    @TempDir
    Path folder;

    @Test
    void a_second_try_in_the_same_jvm_is_refused_and_does_not_weaken_the_lock_for_other_jvms() throws Exception {
        String self = Long.toString(ProcessHandle.current().pid());
        try (OwnerLock lock = OwnerLock.acquire(folder)) {
            assertThatThrownBy(() -> OwnerLock.acquire(folder))
                    .isInstanceOfSatisfying(
                            OwnerLock.HeldException.class,
                            held -> assertThat(held.pid()).isEqualTo(self));
            assertThat(tryElsewhere(folder)).as("%s", lock).isEqualTo("held by " + self);
        }
        assertThat(tryElsewhere(folder)).startsWith("free");
        OwnerLock.acquire(folder).close();
    }

    private static String tryElsewhere(Path folder) throws Exception {
        Process trial = new ProcessBuilder(Java.command(LockTrial.class, folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = trial.inputReader().readLine();
        trial.waitFor();
        return answer;
    }
}

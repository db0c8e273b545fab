package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Told;
import java.util.List;

/** A stage on which what open sockets hear is waited for and compared, beside the answers. */
public interface ListeningStage extends Stage {
    /** What open sockets hear of a single process, one for each message; fewer where {@link #learn} has shown that it varies. */
    List<Told> told();
}

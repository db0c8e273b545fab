package dev.coatcheck.gallery.photos;

import dev.coatcheck.servlet.LimitFilter;
import dev.coatcheck.servlet.LimitRule;
import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.limits.Limits;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;

/** How often a user may begin an upload, in whichever way and at whichever instance, and how many stream at once into this one. */
public final class UploadLimits {
    private static final Limit LIMIT = Limit.of("upload", 60, Duration.ofMinutes(1));

    private final Limits limits;
    private final Slots slots = new Slots(16, Duration.ofSeconds(5));

    public UploadLimits(Limits limits) {
        this.limits = limits;
    }

    /** Tells the user in the answer's headers how often is left. */
    public Filter perUser() {
        return new LimitFilter(limits, new LimitRule(LIMIT, UploadLimits::uploader));
    }

    /** Lets requests with a body wait for a slot, and refuses them with 503 where none becomes free in time. */
    public Filter atOnce() {
        return (request, response, chain) -> {
            if (!(request instanceof HttpServletRequest http) || !hasBody(http)) {
                chain.doFilter(request, response);
                return;
            }
            slots.take();
            try {
                chain.doFilter(request, response);
            } finally {
                slots.giveBack();
            }
        };
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getMethod().equals("POST") || request.getMethod().equals("PATCH");
    }

    /** Whom an upload counts for; nobody where the request begins none. */
    private static Optional<String> uploader(HttpServletRequest request) {
        return request.getMethod().equals("POST") ? SessionUser.of(request) : Optional.empty();
    }
}

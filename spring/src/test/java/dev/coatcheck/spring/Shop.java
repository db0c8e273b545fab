package dev.coatcheck.spring;

import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/** An application as anybody writes it, which knows nothing of where its sessions are, nor of Spring Security. */
@SpringBootConfiguration
@EnableAutoConfiguration(
        exclude = {
            UserDetailsServiceAutoConfiguration.class,
            ServletWebSecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class
        })
@Import(Shop.Pages.class)
class Shop {
    record Cart(List<String> goods) {}

    @RestController
    static class Pages {
        @PostMapping("/login")
        String logIn(@RequestParam String name, HttpSession session) {
            session.setAttribute("user", name);
            return name;
        }

        @GetMapping("/me")
        String me(HttpSession session) {
            return String.valueOf(session.getAttribute("user"));
        }

        @PostMapping("/cart")
        RedirectView add(@RequestParam String goods, HttpSession session, RedirectAttributes redirect) {
            var cart = session.getAttribute("cart") instanceof Cart known ? known : new Cart(List.of());
            var more = new ArrayList<>(cart.goods());
            more.add(goods);
            session.setAttribute("cart", new Cart(more));
            redirect.addFlashAttribute("message", goods + " is in the cart");
            return new RedirectView("/cart");
        }

        @GetMapping("/cart")
        String cart(HttpSession session, Model model) {
            return session.getAttribute("cart") + ", " + model.getAttribute("message");
        }

        @PostMapping("/logout")
        String logOut(HttpSession session) {
            session.invalidate();
            return "";
        }
    }
}

// A small bot of JDA: a command with autocomplete, a button, a select, a modal, a file by direct message. Each thing it
// sees is a line of JSON on its standard output; it ends with its standard input.

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.dv8tion.jda.api.JDA;
import net.dv8tion.jda.api.JDABuilder;
import net.dv8tion.jda.api.entities.Guild;
import net.dv8tion.jda.api.events.ExceptionEvent;
import net.dv8tion.jda.api.events.interaction.ModalInteractionEvent;
import net.dv8tion.jda.api.events.interaction.command.CommandAutoCompleteInteractionEvent;
import net.dv8tion.jda.api.events.interaction.command.SlashCommandInteractionEvent;
import net.dv8tion.jda.api.events.interaction.component.ButtonInteractionEvent;
import net.dv8tion.jda.api.events.interaction.component.StringSelectInteractionEvent;
import net.dv8tion.jda.api.events.message.MessageReceivedEvent;
import net.dv8tion.jda.api.events.session.SessionResumeEvent;
import net.dv8tion.jda.api.hooks.ListenerAdapter;
import net.dv8tion.jda.api.interactions.commands.OptionType;
import net.dv8tion.jda.api.interactions.commands.build.Commands;
import net.dv8tion.jda.api.interactions.commands.build.OptionData;
import net.dv8tion.jda.api.interactions.components.ActionRow;
import net.dv8tion.jda.api.interactions.components.buttons.Button;
import net.dv8tion.jda.api.interactions.components.selections.StringSelectMenu;
import net.dv8tion.jda.api.interactions.components.text.TextInput;
import net.dv8tion.jda.api.interactions.components.text.TextInputStyle;
import net.dv8tion.jda.api.interactions.modals.Modal;
import net.dv8tion.jda.api.requests.GatewayIntent;
import net.dv8tion.jda.api.requests.RestConfig;
import net.dv8tion.jda.api.utils.ConcurrentSessionController;
import net.dv8tion.jda.api.utils.FileUpload;
import net.dv8tion.jda.api.utils.data.DataObject;

public class Bot extends ListenerAdapter {
    static void tell(String what, Object value) {
        System.out.println(DataObject.empty().put(what, value));
    }

    static void failed(Throwable error) {
        tell("error", String.valueOf(error));
    }

    /** The gateway's address is a setting of the session controller. */
    static class Sessions extends ConcurrentSessionController {
        final String gateway;

        Sessions(String gateway) {
            this.gateway = gateway;
        }

        @Override
        public String getGateway() {
            return gateway;
        }
    }

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0];
        JDA jda = JDABuilder.createLight(System.getenv("BOT_TOKEN"), GatewayIntent.GUILD_MESSAGES)
            .setRestConfig(new RestConfig().setBaseUrl(url + "/api/v10/"))
            .setSessionController(new Sessions(url.replaceFirst("http", "ws") + "/gateway/"))
            .addEventListeners(new Bot())
            .build();
        jda.awaitReady();
        Guild guild = jda.getGuildById(arguments[1]);
        OptionData item = new OptionData(OptionType.STRING, "item", "What to order", true, true);
        guild.updateCommands().addCommands(Commands.slash("order", "Orders something").addOptions(item)).complete();
        List<String> channels = guild.getTextChannels().stream().map(channel -> channel.getName()).toList();
        tell("ready", DataObject.empty().put("guild", guild.getName()).put("channels", channels));
        while (System.in.read() >= 0) {
            // Whoever started this says nothing, and ends it by closing.
        }
        jda.shutdown();
        if (!jda.awaitShutdown(10, TimeUnit.SECONDS)) {
            jda.shutdownNow();
        }
        System.exit(0);
    }

    @Override
    public void onCommandAutoCompleteInteraction(CommandAutoCompleteInteractionEvent event) {
        event.replyChoice(event.getFocusedOption().getValue() + "rt", event.getFocusedOption().getValue() + "rt")
            .queue(null, Bot::failed);
    }

    @Override
    public void onSlashCommandInteraction(SlashCommandInteractionEvent event) {
        Button amount = Button.primary("amount", "Choose an amount");
        StringSelectMenu colours = StringSelectMenu.create("colours").setMaxValues(2)
            .addOption("Red", "red").addOption("Green", "green").addOption("Blue", "blue").build();
        event.reply("One moment").setEphemeral(true)
            .flatMap(hook -> hook.editOriginal("Order " + event.getOption("item").getAsString() + "?")
                .setComponents(ActionRow.of(amount), ActionRow.of(colours)))
            .queue(null, Bot::failed);
    }

    @Override
    public void onStringSelectInteraction(StringSelectInteractionEvent event) {
        event.reply("Chose " + String.join(" and ", event.getValues())).setEphemeral(true).queue(null, Bot::failed);
    }

    @Override
    public void onButtonInteraction(ButtonInteractionEvent event) {
        TextInput count = TextInput.create("count", "How many?", TextInputStyle.SHORT).build();
        TextInput note = TextInput.create("note", "A note", TextInputStyle.PARAGRAPH).build();
        Modal modal = Modal.create("order", "Your order").addActionRow(count).addActionRow(note).build();
        event.replyModal(modal).queue(null, Bot::failed);
    }

    @Override
    public void onModalInteraction(ModalInteractionEvent event) {
        String count = event.getValue("count").getAsString();
        String note = event.getValue("note").getAsString();
        byte[] goods = (count + " units\n").getBytes(StandardCharsets.UTF_8);
        event.deferReply(true)
            .flatMap(hook -> event.getUser().openPrivateChannel())
            .flatMap(direct -> direct.sendMessage("Your goods").addFiles(FileUpload.fromData(goods, "goods.txt")))
            .flatMap(sent -> event.getHook().editOriginal("Ordered " + count + ": " + note))
            .queue(null, Bot::failed);
    }

    @Override
    public void onMessageReceived(MessageReceivedEvent event) {
        // Ids of direct messages are no part of what the tests count.
        if (event.isFromGuild()) {
            tell("message", event.getMessageId());
        }
    }

    @Override
    public void onSessionResume(SessionResumeEvent event) {
        tell("resume", true);
    }

    @Override
    public void onException(ExceptionEvent event) {
        failed(event.getCause());
    }
}

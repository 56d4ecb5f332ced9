using System.CommandLine;
using LrcnLab.Benchmarks;
using LrcnLab.Training;

var threads = new Option<int>("--threads") { Description = "CPU threads of both sides.", DefaultValueFactory = _ => Environment.ProcessorCount };
var rounds = new Option<int>("--rounds") { Description = "How often both sides take turns.", DefaultValueFactory = _ => 5 };
var root = new RootCommand("Speed and memory of the training engine, each against a peer that takes turns with it in the same run.");
Add("step", "A training step of the seed model against PyTorch, and its share of the machine's matrix-product peak.", StepBenchmark.Run);
Add("networks", "Steps of LRCNs on VGG-16 and ResNet-18 against PyTorch with torchvision.", KnownNetworkBenchmark.Run);
Add("precision", "bfloat16 against float32, the seed model.", PrecisionBenchmark.Run);
Add("loading", "An epoch from prepared frames with augmentation against bare steps in memory.", LoadingBenchmark.Run);
Add("tracking", "What telling of a step costs the step, with a server that stores it.", TrackingBenchmark.Run);
AddMedia("prepare", "Frames a second of preparing against the plain ffmpeg program.", PrepareBenchmark.Run);
AddMedia("reading", "Augmented clips from prepared frames against decoding.", ReadingBenchmark.Run);
Add("flow", "Optical flow: milliseconds for a pair of frames, and the error on a known motion.", FlowBenchmark.Run);
AddDatasets();
AddQueue();
AddHandover();
AddMemory();
AddMetrics();
Add("phases", "Time in data, forward, backward and optimizer, float32 and bfloat16.", PhaseBenchmark.Run);
return root.Parse(args).Invoke();

void Add(string name, string description, Func<int, int, int> run)
{
    var command = new Command(name, description) { threads, rounds };
    command.SetAction(parsed =>
    {
        TorchRuntime.Start(parsed.GetValue(threads));
        return run(parsed.GetValue(threads), parsed.GetValue(rounds));
    });
    root.Add(command);
}

void AddMedia(string name, string description, Func<int, int, string?, int> run)
{
    var videos = new Option<string?>("--videos") { Description = "Folder of a data set; without it, videos are made.", HelpName = "DIR" };
    var command = new Command(name, description) { threads, rounds, videos };
    command.SetAction(parsed => run(parsed.GetValue(threads), parsed.GetValue(rounds), parsed.GetValue(videos)));
    root.Add(command);
}

void AddDatasets()
{
    var samples = new Option<int>("--samples") { Description = "Samples of the data set.", DefaultValueFactory = _ => 100_000 };
    var keep = new Option<string?>("--keep") { Description = "Data folder to leave behind, for the program to be started on.", HelpName = "DIR" };
    var datasets = new Command("datasets", "What the server takes for the pages of one large data set.") { rounds, samples, keep };
    datasets.SetAction((parsed, _) => DatasetsBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(samples), parsed.GetValue(keep)));
    root.Add(datasets);
}

void AddQueue()
{
    var runs = new Option<int>("--runs") { Description = "Runs that wait.", DefaultValueFactory = _ => 10_000 };
    var queue = new Command("queue", "What the scheduler's decisions take with many runs waiting.") { rounds, runs };
    queue.SetAction((parsed, _) => QueueBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(runs)));
    root.Add(queue);
}

void AddHandover()
{
    var runs = new Option<int>("--runs") { Description = "Short runs that wait.", DefaultValueFactory = _ => 200 };
    var slots = new Option<int>("--slots") { Description = "Slots of the CPU.", DefaultValueFactory = _ => 2 };
    var handover = new Command("handover", "Many short runs on few slots: their order, and the time between the end of one and the next one's training.") { runs, slots };
    handover.SetAction((parsed, _) => HandoverBenchmark.RunAsync(parsed.GetValue(runs), parsed.GetValue(slots)));
    root.Add(handover);
}

void AddMetrics()
{
    var senders = new Option<int>("--senders") { Description = "Runs that send at once.", DefaultValueFactory = _ => 16 };
    var seconds = new Option<int>("--seconds") { Description = "How long they send.", DefaultValueFactory = _ => 60 };
    var folder = new Option<string>("--folder") { Description = "For the journal.", Required = true, HelpName = "DIR" };
    var ingest = new Command("ingest", "Points a second from worker events to the disk.") { senders, seconds };
    ingest.SetAction((parsed, _) => IngestBenchmark.RunAsync(parsed.GetValue(senders), parsed.GetValue(seconds)));
    var sender = new Command("ingest-sender", "One of its senders.") { folder, seconds };
    sender.SetAction(parsed => IngestBenchmark.Send(parsed.GetValue(folder)!, parsed.GetValue(seconds)));
    var store = new Command("store", "The metric store against one prepared INSERT a point.") { rounds, senders };
    store.SetAction((parsed, _) => StoreBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(senders)));
    var keepHistory = new Option<string?>("--keep") { Description = "Data folder to leave behind, for the program to be started on.", HelpName = "DIR" };
    var history = new Command("history", "What reading takes at 1, 10 and 100 million points.") { rounds, keepHistory };
    history.SetAction((parsed, _) => HistoryBenchmark.RunAsync(parsed.GetValue(rounds), parsed.GetValue(keepHistory)));
    root.Add(history);
    var dataFolder = new Argument<string>("FOLDER") { Description = "A data folder, such as history --keep leaves." };
    var dashboards = new Option<int>("--dashboards") { Description = "Pages that are open at once.", DefaultValueFactory = _ => 50 };
    var minutes = new Option<double>("--minutes") { Description = "How long they stay open.", DefaultValueFactory = _ => 2 };
    var pages = new Command("pages", "How soon pages of a large store are useful in a browser, and what open ones cost. Needs the web program built in Release, and Chromium.") { dataFolder, rounds, dashboards, minutes };
    pages.SetAction((parsed, _) => PagesBenchmark.RunAsync(parsed.GetRequiredValue(dataFolder), parsed.GetValue(rounds), parsed.GetValue(dashboards), parsed.GetValue(minutes)));
    root.Add(pages);
    var http = new Command("http", "Points a second over HTTP into the real program.") { senders, seconds };
    http.SetAction((parsed, _) => HttpBenchmark.RunAsync(parsed.GetValue(senders), parsed.GetValue(seconds)));
    root.Add(http);
    var together = new Command("together", "16 writers and 50 readers on one SQLite file.") { seconds };
    together.SetAction((parsed, _) => TogetherBenchmark.RunAsync(parsed.GetValue(seconds)));
    root.Add(together);
    var size = new Option<int>("--gib") { Description = "Size of the checkpoint in GiB.", DefaultValueFactory = _ => 8 };
    var download = new Command("download", "A large checkpoint, cut and gone on with; ten at once beside a live chart.") { size };
    download.SetAction((parsed, _) => DownloadBenchmark.RunAsync(parsed.GetValue(size)));
    root.Add(download);
    root.Add(ingest);
    root.Add(sender);
    root.Add(store);
}

void AddMemory()
{
    var only = new Option<string?>("--only") { Description = "Part of the names of the configurations to measure." };
    var memory = new Command("memory", "Peak memory of small runs, each in a process of its own, against the form's estimate.") { threads, only };
    memory.SetAction(parsed => MemoryBenchmark.Run(parsed.GetValue(threads), parsed.GetValue(only)));
    root.Add(memory);
    Add("memory-of-one", "One of them: a specification from standard input.", (_, _) => MemoryBenchmark.RunOne());
}
